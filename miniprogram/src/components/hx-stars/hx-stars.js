/** One to five stars, and what the chosen one stands for. */
Component({
  options: { addGlobalClass: true },
  properties: {
    name: String,
    label: String,
    value: { type: Number, value: 0 },
    /** Five texts, from one star on. */
    rubric: { type: Array, value: [] },
  },
  data: { stars: [1, 2, 3, 4, 5] },
  methods: {
    /** @param {WechatMiniprogram.TouchEvent} event */
    pick(event) {
      this.triggerEvent("change", { name: this.data.name, value: Number(event.currentTarget.dataset["stars"]) });
    },
  },
});
