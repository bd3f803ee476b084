/**
 * Where the service is. For the published program it must be an https address that is entered as a request,
 * upload and download domain of the account; in the developer tools the check may be switched off.
 */
const ADDRESSES = {
  develop: "http://127.0.0.1:8000",
  trial: "https://service.example.com",
  release: "https://service.example.com",
};

module.exports = { base: ADDRESSES[wx.getAccountInfoSync().miniProgram.envVersion] };
