"""``huixiang wechat check``: each question to the platform and to ourselves is one small function."""
