/** Where somebody is expected: a point on the map, chosen by whoever wants to be found. */
const { refused } = require("./allowed");

/** @typedef {{ latitude: number, longitude: number }} Spot in the datum of Chinese maps (gcj02), which the service expects */

/** @returns {Promise<(Spot & { name: string }) | null>} null when none was chosen */
function spot() {
  return new Promise((resolve) => {
    wx.chooseLocation({
      success: ({ latitude, longitude, name }) => resolve({ latitude, longitude, name }),
      fail: (failed) => {
        refused(failed, "scope.userLocation");
        resolve(null);
      },
    });
  });
}

/**
 * An address of the service as a form holds it.
 * @param {import("./api").Schemas["AddressOut"] | null | undefined} address
 */
function held(address) {
  const { province = "", city = "", district = "", detail = "", latitude = null, longitude = null } = address ?? {};
  return { region: address ? [province, city, district] : [], detail: detail ?? "", latitude, longitude };
}

/**
 * @param {{ region: string[], detail: string, latitude: number | null, longitude: number | null }} form
 * @returns {import("./api").Schemas["AddressIn"]}
 */
function sent({ region: [province = "", city = "", district = ""], detail, latitude, longitude }) {
  return { province, city, district, detail: detail.trim(), ...(latitude === null ? {} : { latitude, longitude }) };
}

module.exports = { spot, held, sent };
