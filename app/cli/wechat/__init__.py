"""``huixiang wechat``: accounts, keys, cards and the menu."""
