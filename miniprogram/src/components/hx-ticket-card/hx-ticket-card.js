/** A ticket in a list: what it is, where it stands, and what was promised. */
Component({
  options: { addGlobalClass: true },
  properties: { ticket: Object },
  methods: {
    open() {
      wx.navigateTo({ url: `/pages/ticket/ticket?number=${this.data.ticket["number"]}` });
    },
  },
});
