/** One field with its label and, where it was refused, what to do. */
Component({
  options: { addGlobalClass: true },
  properties: {
    label: String,
    name: String,
    value: String,
    /** of <input>: text | number | digit */
    type: { type: String, value: "text" },
    placeholder: String,
    problem: String,
    most: { type: Number, value: 60 },
    long: Boolean,
  },
  methods: {
    /** @param {WechatMiniprogram.Input} event */
    typed(event) {
      this.triggerEvent("change", { name: this.data.name, value: event.detail.value });
    },
  },
});
