/** A report in three short steps. What was typed is kept until it is sent, whatever happens to the phone. */
const { api, ApiProblem } = require("../../lib/api");
const { carry, tell } = require("../../lib/page");
const { refused } = require("../../lib/allowed");
const { called } = require("../../lib/asset");
const { opened, photographed, scanned } = require("../../lib/label");
const { held, spot } = require("../../lib/place");
const { SERVICES, SPANS, blank, keep, kept, missing, onSite, refusedFields, sent, toTicket } = require("../../lib/report");
const { askNow, report: tellConsents, worthAsking } = require("../../lib/subscribe");

/**
 * @typedef {import("../../lib/api").Schemas} Schemas
 * @typedef {import("../../lib/report").Draft} Draft
 */

Component({
  options: { addGlobalClass: true },
  data: {
    busy: "",
    problem: /** @type {import("../../lib/page").Told | null} */ (null),
    problems: /** @type {Record<string, string>} */ ({}),
    names: ["什么设备", "哪里不对", "在哪里"],
    step: 1,
    draft: blank(),
    services: SERVICES,
    spans: SPANS,
    categories: /** @type {string[]} */ ([]),
    assets: /** @type {(Schemas["AssetOut"] & { called: string })[]} */ ([]),
    consents: /** @type {import("../../lib/subscribe").Consent[]} */ ([]),
    visits: true,
    today: "",
    label: "",
    callOut: "",
    ready: false,
    // The account has no number to call yet, so WeChat may be asked for it.
    askPhone: false,
  },
  methods: {
    /** @param {{ asset?: string, scene?: string, q?: string }} options */
    async onLoad(options) {
      const draft = kept();
      const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
      this.setData({ draft, today, visits: onSite(draft), ready: true });
      await this.load();
      const asset = this.data.assets.find((each) => each.id === options.asset);
      if (asset) this.take(asset);
      else if (options.scene || options.q) await this.read(() => opened(options));
    },
    load() {
      return carry(this, "load", async () => {
        const [products, assets, me, consents] = await Promise.all([
          api.get("/api/v1/products"),
          api.get("/api/v1/assets"),
          api.get("/api/v1/me"),
          worthAsking(),
        ]);
        const categories = [...new Set(products.items.map((each) => each.category))];
        this.setData({ categories, assets: assets.items.map((each) => ({ ...each, called: called(each) })), consents, askPhone: !me.phone_verified });
        // A number that WeChat has proved need not be typed; the service knows it by its mask.
        if (me.phone_verified && !this.data.draft.phone) this.change({ phone: me.phone_masked });
      });
    },
    /** @param {Partial<Draft>} part */
    change(part) {
      // Another text is another report: the key of the former must not speak for it.
      // Another address is another place, unless the place came with it.
      const spot = part.region || part.detail !== undefined ? { latitude: null, longitude: null } : {};
      const draft = { ...this.data.draft, key: "", ...spot, ...part };
      const problems = { ...this.data.problems };
      for (const name of Object.keys(part)) delete problems[name];
      this.setData({ draft, problems, visits: onSite(draft) });
      keep(draft);
      if (part.region) void this.price();
    },
    /** @param {WechatMiniprogram.CustomEvent<{ name: string, value: string }>} event */
    typed(event) {
      this.change({ [event.detail.name]: event.detail.value });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    service(event) {
      this.change({ service_type: event.currentTarget.dataset["value"] });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    category(event) {
      this.change({ category: event.currentTarget.dataset["value"], asset_id: "" });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    asset(event) {
      const asset = this.data.assets.find((each) => each.id === event.currentTarget.dataset["id"]);
      if (asset) this.take(asset);
    },
    /** @param {Schemas["AssetOut"]} asset */
    take(asset) {
      const { id, category, brand, model, serial_number, address } = asset;
      this.change({ asset_id: id, category, brand, model, serial_number, ...(address ? held(address) : {}) });
    },
    scan() {
      return this.read(scanned);
    },
    photograph() {
      return this.read(photographed);
    },
    /** @param {() => Promise<Schemas["LabelOut"] | null>} look */
    read(look) {
      return carry(this, "label", async () => {
        const found = await look();
        if (found === null) return;
        const { brand, model, serial_number } = found;
        const mine = this.data.assets.find((each) => each.id === found.asset_id);
        if (mine) {
          this.setData({ label: "已认出您的设备，说说问题就行。" });
          this.take(mine);
          return;
        }
        if (!brand && !model && !serial_number) {
          this.setData({ label: "没有认出标签内容，请手动填写型号，或换个角度再拍一张。" });
          return;
        }
        this.setData({ label: "已从标签填好，请核对。" });
        this.change({ asset_id: "", brand, model, serial_number, ...(found.category ? { category: found.category } : {}) });
      });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ photos: import("../../lib/photos").Photo[] }>} event */
    photos(event) {
      this.change({ photos: event.detail.photos });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string[] }>} event */
    region(event) {
      this.change({ region: event.detail.value });
    },
    async locate() {
      const found = await spot();
      if (!found) return;
      const { latitude, longitude, name } = found;
      this.change({ detail: this.data.draft.detail || name, latitude, longitude });
    },
    address() {
      wx.chooseAddress({
        success: (found) =>
          this.change({
            region: [found.provinceName, found.cityName, found.countyName],
            detail: found.detailInfo,
            name: this.data.draft.name || found.userName,
            phone: this.data.draft.phone || found.telNumber,
          }),
        fail: (failed) => refused(failed, "scope.address"),
      });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ code?: string, errMsg: string }>} event */
    phone(event) {
      const { code } = event.detail;
      if (!code) {
        tell("没有关系，直接填写手机号就可以。");
        return;
      }
      return carry(this, "phone", async () => {
        const { phone_masked } = await api.put("/api/v1/me/phone", { body: { code } });
        this.setData({ askPhone: false });
        this.change({ phone: phone_masked });
      });
    },
    /** @param {WechatMiniprogram.CustomEvent<{ value: string }>} event */
    day(event) {
      this.change({ day: event.detail.value });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    span(event) {
      const value = event.currentTarget.dataset["value"];
      this.change({ span: this.data.draft.span === value ? "" : value, day: this.data.draft.day || this.data.today });
    },
    back() {
      this.setData({ step: Math.max(1, this.data.step - 1), problem: null });
      wx.pageScrollTo({ scrollTop: 0 });
    },
    /** @returns {boolean} */
    complete() {
      const problems = missing(this.data.draft, this.data.step);
      this.setData({ problems });
      return !Object.keys(problems).length;
    },
    next() {
      if (!this.complete()) return;
      this.setData({ step: this.data.step + 1 });
      wx.pageScrollTo({ scrollTop: 0 });
      if (this.data.step === 3) void this.price();
    },
    /** What coming costs there, told before anything is sent. Where it cannot be learned the ticket tells it. */
    async price() {
      const { service_type, category, region } = this.data.draft;
      const query = { service_type, category, ...(region[1] ? { city: region[1] } : {}) };
      const found = await api.get("/api/v1/prices/call-out", { query }).catch(() => null);
      this.setData({ callOut: found?.text ?? "" });
    },
    /** The tap that WeChat lets ask for consent: nothing may be waited for before it. */
    async submit() {
      if (this.data.busy || !this.complete()) return;
      const asked = askNow(this.data.consents);
      const draft = { ...this.data.draft, key: this.data.draft.key || api.newKey() };
      this.setData({ draft });
      keep(draft);
      const said = await asked;
      let number = "";
      const done = await carry(this, "submit", async () => {
        number = await this.send(draft);
      });
      const allowed = await tellConsents(said);
      if (!done || !number) return;
      sent(draft);
      wx.redirectTo({ url: `/pages/done/done?number=${number}&allowed=${allowed}` });
    },
    /**
     * @param {Draft} draft
     * @returns {Promise<string>} its number; empty when a field was refused, which is then told at the field
     */
    async send(draft) {
      try {
        const ticket = await api.post("/api/v1/tickets", { body: toTicket(draft), key: draft.key });
        return ticket.number;
      } catch (error) {
        if (!(error instanceof ApiProblem) || !error.is("invalid_input")) throw error;
        const { problems, step } = refusedFields(error.errors);
        if (!Object.keys(problems).length) throw error;
        this.setData({ problems, step, "draft.key": "" });
        return "";
      }
    },
  },
});
