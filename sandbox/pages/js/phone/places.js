// Where WeChat puts a message: with the service account, among the service notices, or with a mini-program's service desk.
export function place(phone, message) {
  if (message.channel === "subscribe") return "notices";
  return message.appid === phone.world.mini?.appid ? "desk" : "thread";
}

// What a place is called, and the kind of its face.
export const NAMES = {
  thread: world => ["account", world.account?.name || "服务号"],
  notices: () => ["notices", "服务通知"],
  desk: world => ["mini", `${world.mini?.name || "小程序"}客服`],
};

export const messagesAt = (phone, name) => phone.messages.filter(message => place(phone, message) === name);
