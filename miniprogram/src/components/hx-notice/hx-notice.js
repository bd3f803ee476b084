/** What went wrong, or that there is nothing, with what can be done about it. */
Component({
  options: { addGlobalClass: true },
  properties: {
    /** error | info | empty */
    kind: { type: String, value: "info" },
    text: String,
    /** To be told to the service's people. */
    trace: String,
    action: String,
  },
  methods: {
    act() {
      this.triggerEvent("act");
    },
  },
});
