/** The question for consent to the privacy guide, drawn when an ability that it names is first used. */
const { answerPrivacy, onPrivacyQuestion } = require("../../lib/privacy");

/** How each of them stops listening; data holds what can be drawn only. @type {WeakMap<object, () => void>} */
const stops = new WeakMap();

Component({
  options: { addGlobalClass: true },
  data: { open: false },
  lifetimes: {
    attached() {
      const stop = onPrivacyQuestion((open) => {
        this.setData({ open });
        if (open) answerPrivacy({ event: "exposureAuthorization" });
      });
      stops.set(this, stop);
    },
    detached() {
      stops.get(this)?.();
    },
  },
  methods: {
    read() {
      wx.openPrivacyContract({});
    },
    agree() {
      // WeChat checks that this very button was tapped.
      answerPrivacy({ event: "agree", buttonId: "agree" });
    },
    disagree() {
      answerPrivacy({ event: "disagree" });
    },
  },
});
