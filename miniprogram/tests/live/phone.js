/** `wx` over real HTTP, with the sandbox in WeChat's place: nothing here makes up an answer. */
const fs = require("fs");
const http = require("http");

const { HUIXIANG_BASE: BASE, HUIXIANG_SANDBOX: SANDBOX, HUIXIANG_SANDBOX_SECRET: SECRET } = process.env;

/** @returns {Promise<{ statusCode: number, header: Record<string, string>, body: Buffer }>} */
function ask(method, url, headers, body) {
  return new Promise((resolve, reject) => {
    // A connection of its own each: a kept one may be closed by the service in the moment of its use.
    const request = http.request(url, { method, headers, agent: false }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ statusCode: answer.statusCode, header: answer.headers, body: Buffer.concat(parts) }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function json(method, url, { token, body } = {}) {
  const headers = { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const answer = await ask(method, url, headers, body === undefined ? undefined : JSON.stringify(body));
  const text = answer.body.toString();
  if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${text.slice(0, 400)}`);
  return text ? JSON.parse(text) : undefined;
}

/** What a person does in WeChat. */
const act = (user, what, more = {}) => json("POST", `${SANDBOX}/_sandbox/users/${user}/act`, { token: SECRET, body: { act: what, ...more } });

function multipart(form, file) {
  const edge = `edge${Date.now()}`;
  const fields = Object.entries(form).map(([name, value]) => `--${edge}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  const head = `${fields.join("")}--${edge}\r\nContent-Disposition: form-data; name="file"; filename="photo.png"\r\nContent-Type: image/png\r\n\r\n`;
  return { type: `multipart/form-data; boundary=${edge}`, body: Buffer.concat([Buffer.from(head), fs.readFileSync(file), Buffer.from(`\r\n--${edge}--\r\n`)]) };
}

/**
 * The abilities of a phone that belongs to `user`. `lose` answers that never arrive, as on a bad line: each is a part
 * of an address, and lost once.
 */
function abilities(user, lose = []) {
  const lost = (url) => {
    const at = lose.findIndex((each) => url.includes(each));
    if (at >= 0) lose.splice(at, 1);
    return at >= 0;
  };
  return {
    login: ({ success, fail }) => act(user, "login_code").then(success, (error) => fail({ errMsg: String(error) })),
    request: ({ url, method, data, header, success, fail }) => {
      ask(method, url, header, data).then(
        ({ statusCode, header: told, body }) =>
          lost(url) ? fail({ errMsg: "request:fail timeout" }) : success({ statusCode, header: told, data: body.toString() }),
        (error) => fail({ errMsg: String(error) }),
      );
    },
    uploadFile: ({ url, filePath, formData, header, success, fail }) => {
      const { type, body } = multipart(formData, filePath);
      ask("POST", url, { ...header, "Content-Type": type }, body).then(
        (answer) => success({ statusCode: answer.statusCode, header: answer.header, data: answer.body.toString() }),
        (error) => fail({ errMsg: String(error) }),
      );
      return { onProgressUpdate: () => {} };
    },
    downloadFile: ({ url, header, success, fail }) => {
      ask("GET", url, header).then(
        ({ statusCode, body }) => success({ statusCode, tempFilePath: `${body.length} bytes` }),
        (error) => fail({ errMsg: String(error) }),
      );
    },
    requestSubscribeMessage: ({ tmplIds, success, fail }) => {
      act(user, "consent", { templates: tmplIds, decision: "accept" }).then(
        () => success({ errMsg: "requestSubscribeMessage:ok", ...Object.fromEntries(tmplIds.map((id) => [id, "accept"])) }),
        (error) => fail({ errMsg: String(error) }),
      );
    },
  };
}

module.exports = { BASE, act, abilities, json, multipart, ask };
