/** Appointment windows, each with its reason; one is chosen. */
const { span } = require("../../lib/words");

/** @typedef {import("../../lib/api").Schemas["SlotOut"]} Slot */

Component({
  options: { addGlobalClass: true },
  properties: { slots: { type: Array, value: [] } },
  data: { rows: /** @type {{ start: string, when: string, reason: string }[]} */ ([]), chosen: "" },
  observers: {
    slots(/** @type {Slot[]} */ slots) {
      const chosen = slots.some((each) => each.start === this.data.chosen) ? this.data.chosen : "";
      this.setData({ chosen, rows: slots.map((each) => ({ start: each.start, when: span(each), reason: each.reason })) });
    },
  },
  methods: {
    /** @param {WechatMiniprogram.TouchEvent} event */
    pick(event) {
      const slot = /** @type {Slot[]} */ (this.data.slots)[Number(event.currentTarget.dataset["index"])];
      if (!slot) return;
      this.setData({ chosen: slot.start });
      this.triggerEvent("pick", { start: slot.start, end: slot.end });
    },
  },
});
