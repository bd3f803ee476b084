"""The platform's endpoints that wechatpy lacks or gets wrong, each a function of the account's client."""
