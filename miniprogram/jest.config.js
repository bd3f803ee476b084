/** Pages and components are drawn in jsdom, by the compiler of WeChat that comes with miniprogram-simulate. */
module.exports = {
  testEnvironment: "jsdom",
  roots: ["<rootDir>/src", "<rootDir>/tests"],
  testMatch: ["<rootDir>/tests/*.test.js"],
  collectCoverageFrom: ["src/**/*.js", "!src/config.js"],
  coverageReporters: ["text", "text-summary"],
  coverageThreshold: { global: { lines: 90 } },
};
