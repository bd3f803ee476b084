/** `wx` over real HTTP. What WeChat itself would decide is decided by the sandbox, by way of `ask_wechat`. */
const abilities = (() => {
  // How many answers are still to come.
  const line = { waiting: 0 };
  // Pictures in the phone's album, the next one to be chosen first.
  const album = [];

  async function answered(work) {
    line.waiting += 1;
    try {
      return await work();
    } finally {
      line.waiting -= 1;
    }
  }

  function request({ url, method, data, header, success, fail }) {
    answered(async () => {
      const answer = await fetch(url, { method, headers: header, body: data });
      success({ statusCode: answer.status, header: Object.fromEntries(answer.headers), data: await answer.text() });
    }).catch((error) => fail({ errMsg: `request:fail ${error}` }));
  }

  function uploadFile({ url, filePath, name, formData, header, success, fail }) {
    let heard = () => {};
    answered(async () => {
      const file = await (await fetch(filePath)).blob();
      const form = new FormData();
      for (const [key, value] of Object.entries(formData)) form.append(key, value);
      form.append(name, file, "photo.jpg");
      await new Promise((resolve, reject) => {
        const sending = new XMLHttpRequest();
        sending.open("POST", url);
        for (const [key, value] of Object.entries(header)) sending.setRequestHeader(key, value);
        sending.upload.onprogress = ({ loaded, total }) => heard({ progress: Math.round((100 * loaded) / total) });
        sending.onload = () => resolve(success({ statusCode: sending.status, header: {}, data: sending.responseText }));
        sending.onerror = () => reject(new Error("upload"));
        sending.send(form);
      });
    }).catch((error) => fail({ errMsg: `uploadFile:fail ${error}` }));
    return { onProgressUpdate: (told) => (heard = told) };
  }

  const asked = (what, fields, { success, fail }) =>
    answered(async () => success(await window.ask_wechat(what, fields))).catch((error) => fail({ errMsg: String(error) }));

  Object.assign(window.wx, {
    getStorageSync: (key) => JSON.parse(localStorage.getItem(key) ?? '""'),
    setStorageSync: (key, value) => localStorage.setItem(key, JSON.stringify(value)),
    removeStorageSync: (key) => localStorage.removeItem(key),
    getAccountInfoSync: () => ({ miniProgram: { envVersion: "develop" } }),
    getUpdateManager: () => ({ onUpdateReady: () => {}, applyUpdate: () => {} }),
    getPrivacySetting: ({ success }) => success({ needAuthorization: false, privacyContractName: "《回响小程序隐私保护指引》" }),
    login: (options) => asked("login_code", {}, options),
    request,
    uploadFile,
    chooseMedia: ({ count, success }) => success({ tempFiles: album.splice(0, count).map((tempFilePath) => ({ tempFilePath })) }),
    requestSubscribeMessage: ({ tmplIds, success, fail }) =>
      asked("consent", { templates: tmplIds, decision: "accept" }, {
        success: () => success(Object.fromEntries(tmplIds.map((id) => [id, "accept"]))),
        fail,
      }),
    showModal: ({ success }) => success({ confirm: true, cancel: false }),
    showToast: ({ title }) => {
      const toast = document.querySelector(".toast");
      Object.assign(toast, { textContent: title, hidden: false });
    },
    stopPullDownRefresh: () => {},
    pageScrollTo: () => document.querySelector(".scroller").scrollTo(0, 0),
    previewImage: () => {},
    onNeedPrivacyAuthorization: (ask) => (abilities.privacy = ask),
  });

  return { line, album, answered, privacy: null };
})();
