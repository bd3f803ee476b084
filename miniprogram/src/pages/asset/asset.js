/** One appliance or vehicle: its warranty, its whole life, and what its owner may do with it. */
const { api } = require("../../lib/api");
const { inWords } = require("../../lib/asset");
const { unsent } = require("../../lib/drafts");
const { once } = require("../../lib/once");
const { carry, sure, tell } = require("../../lib/page");
const { held, sent, spot } = require("../../lib/place");
const { moment } = require("../../lib/words");

/**
 * @typedef {import("../../lib/api").Schemas} Schemas
 * @typedef {Schemas["ArchiveOut"]} Archive
 * @typedef {import("../../lib/photos").Photo} Photo
 */

const FIELDS = /** @type {const} */ (["name", "room", "brand", "model", "serial_number", "plate_number", "purchased_on", "manufactured_on"]);

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    id: "",
    asset: /** @type {Archive | null} */ (null),
    words: /** @type {ReturnType<typeof inWords> | null} */ (null),
    homes: /** @type {Schemas["HouseholdOut"][]} */ ([]),
    // What stands open of: proof, change.
    form: "",
    proof: { photos: /** @type {Photo[]} */ ([]), day: "" },
    changed: /** @type {Record<string, string>} */ ({}),
    place: held(null),
    lack: "",
    offer: /** @type {{ code: string, until: string } | null} */ (null),
    until: "",
  },
  methods: {
    /** @param {{ id: string }} options */
    async onLoad(options) {
      this.setData({ id: options.id });
      await this.load();
    },
    onPullDownRefresh() {
      return this.load();
    },
    load() {
      return carry(this, "load", async () => {
        const [asset, homes] = await Promise.all([
          api.get("/api/v1/assets/{asset_id}/archive", { path: this.path() }),
          api.get("/api/v1/households"),
        ]);
        this.setData({ homes: homes.items });
        this.show(asset);
      });
    },
    path() {
      return { asset_id: this.data.id };
    },
    /** @param {Archive} asset */
    show(asset) {
      this.setData({ asset, words: inWords(asset), until: asset.offered_until ? moment(asset.offered_until) : "" });
    },
    /**
     * Carries something out whose answer is the appliance as it is now.
     * @param {string} name
     * @param {() => Promise<Archive>} work
     * @param {string} said
     */
    async act(name, work, said) {
      const done = await carry(this, name, async () => this.show(await work()));
      if (!done) return;
      this.setData({ form: "", lack: "" });
      tell(said);
    },
    report() {
      wx.navigateTo({ url: `/pages/report/report?asset=${this.data.id}` });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    ticket(event) {
      // Of another member of the household one sees that it was repaired, and not more.
      const number = event.currentTarget.dataset["number"];
      if (number) wx.navigateTo({ url: `/pages/ticket/ticket?number=${number}` });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    enlarge(event) {
      const { url, urls } = /** @type {{ url: string, urls: { url: string }[] }} */ (event.currentTarget.dataset);
      wx.previewImage({ urls: urls.map((each) => each.url), current: url });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    unfold(event) {
      const { asset, form } = this.data;
      if (!asset) return;
      const name = event.currentTarget.dataset["form"];
      const changed = Object.fromEntries(FIELDS.map((field) => [field, asset[field] ?? ""]));
      this.setData({ form: name === form ? "" : name, lack: "", changed, place: held(asset.address), proof: { photos: [], day: asset.purchased_on ?? "" } });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ photos: Photo[] }>} event */
    photos(event) {
      this.setData({ "proof.photos": event.detail.photos, lack: "" });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }>} event */
    bought(event) {
      this.setData({ "proof.day": event.detail.value, lack: "" });
    },
    async prove() {
      const { photos, day } = this.data.proof;
      const [photo] = photos;
      const lack = !photo ? "请先拍一张发票、订单或保修卡。" : unsent(photos) || (day ? "" : "请选择凭证上的购买日期。");
      this.setData({ lack });
      if (lack || !photo) return;
      const body = { attachment_id: photo.id, purchased_on: day };
      await this.act("prove", () => api.put("/api/v1/assets/{asset_id}/purchase-proof", { path: this.path(), body }), "凭证已保存，客服核实后以它为准");
    },
    /** @param {WechatMiniprogram.CustomEvent<{ name: string, value: string }>} event */
    typed(event) {
      this.setData({ [`changed.${event.detail.name}`]: event.detail.value });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }>} event */
    day(event) {
      const name = /** @type {WechatMiniprogram.TouchEvent} */ (/** @type {unknown} */ (event)).currentTarget.dataset["name"];
      this.setData({ [`changed.${name}`]: event.detail.value });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string[] }>} event */
    region(event) {
      // Another address is another place on the map.
      this.setData({ place: { ...this.data.place, region: event.detail.value, latitude: null, longitude: null } });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }>} event */
    door(event) {
      this.setData({ place: { ...this.data.place, detail: event.detail.value, latitude: null, longitude: null } });
    },
    async locate() {
      const found = await spot();
      if (!found) return;
      const { latitude, longitude, name } = found;
      this.setData({ place: { ...this.data.place, detail: this.data.place.detail || name, latitude, longitude } });
    },
    nowhere() {
      this.setData({ place: held(null) });
    },
    async change() {
      const { asset, place, changed } = this.data;
      const chosen = place.region.length === 3;
      const lack = chosen === Boolean(place.detail.trim()) ? "" : "地址请选齐省市区，并填写街道、门牌号；或者清空。";
      this.setData({ lack });
      if (lack || !asset) return;
      const { purchased_on, manufactured_on, ...rest } = changed;
      const days = { purchased_on: purchased_on || null, manufactured_on: manufactured_on || null };
      const body = { ...rest, ...days, address: place.detail.trim() ? sent(place) : null, version: asset.version };
      await this.act("change", () => api.put("/api/v1/assets/{asset_id}", { path: this.path(), body }), "已保存，保修期已按新的信息计算");
      const { problem } = this.data;
      if (problem?.code !== "asset_changed") return;
      // What was typed stays, to be compared with what somebody else has written meanwhile.
      await this.load();
      this.setData({ problem });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    async share(event) {
      const household_id = event.currentTarget.dataset["id"] || null;
      const said = household_id ? "已共享，家人也能为它报修" : "已停止共享，家人不再看到它";
      await this.act("share", () => api.put("/api/v1/assets/{asset_id}/household", { path: this.path(), body: { household_id } }), said);
    },
    found() {
      wx.navigateTo({ url: "/pages/household/household" });
    },
    /** Its code is told once: a second tap after an answer was lost asks by the same key, and is told it too. */
    async hand() {
      await carry(this, "hand", async () => {
        const made = await once(this, "offer", this.data.id, (key) =>
          api.post("/api/v1/assets/{asset_id}/transfer", { path: this.path(), key }),
        );
        this.setData({ offer: { code: made.code, until: moment(made.expires_at) }, until: moment(made.expires_at) });
      });
    },
    copy() {
      const { offer } = this.data;
      if (offer) wx.setClipboardData({ data: offer.code });
    },
    async withdraw() {
      const done = await carry(this, "withdraw", () => api.delete("/api/v1/assets/{asset_id}/transfer", { path: this.path() }));
      if (!done) return;
      this.setData({ offer: null, until: "" });
      tell("转让已撤回，之前的邀请已失效");
    },
    async remove() {
      if (!(await sure("移除这台设备", "它会从列表里消失，维修记录仍为您保留；以后可以恢复。", "移除"))) return;
      const done = await carry(this, "remove", () => api.delete("/api/v1/assets/{asset_id}", { path: this.path() }));
      if (done) await this.load();
    },
    async restore() {
      await this.act("restore", () => api.put("/api/v1/assets/{asset_id}/restoration", { path: this.path() }), "已放回列表，维修记录都在");
    },
    onShareAppMessage() {
      const { offer, words } = this.data;
      return offer
        ? { title: `${words?.name ?? "设备"}转让给您，维修记录和剩余保修一起`, path: `/pages/transfer/transfer?code=${offer.code}` }
        : { title: "报修、查进度，都在这里", path: "/pages/home/home" };
    },
  },
});
