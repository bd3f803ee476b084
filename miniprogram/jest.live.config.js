/** The same pages against the real service over HTTP; tests/test_tour.py starts it, tests/miniprogram/live.py says where it is. */
module.exports = {
  ...require("./jest.config"),
  testMatch: ["<rootDir>/tests/live/*.test.js"],
  testTimeout: 90_000,
  coverageThreshold: {},
};
