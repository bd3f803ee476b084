/** The same pages against the real service over HTTP; tests/stories starts it and says where it is. */
module.exports = {
  ...require("./jest.config"),
  testMatch: ["<rootDir>/tests/live/*.test.js"],
  testTimeout: 90_000,
  coverageThreshold: {},
};
