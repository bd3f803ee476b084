/** Pages and components are drawn in jsdom, by the compiler of WeChat that comes with miniprogram-simulate. */
module.exports = {
  testEnvironment: "jsdom",
  roots: ["<rootDir>/src", "<rootDir>/tests"],
  testMatch: ["<rootDir>/tests/*.test.js"],
  // The first page of a file waits for WeChat's compiler, however busy the machine is.
  testTimeout: 60_000,
  collectCoverageFrom: ["src/**/*.js", "!src/config.js"],
  coverageReporters: ["text", "text-summary"],
  coverageThreshold: { global: { lines: 90 } },
};
