// Times as a phone and a log show them; seconds since 1970 come in.
const two = number => String(number).padStart(2, "0");

export function clock(seconds, fine = false) {
  const at = new Date(seconds * 1000);
  const text = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return fine ? `${text}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, "0")}` : text;
}

export function date(seconds) {
  const at = new Date(seconds * 1000);
  return `${at.getMonth() + 1}月${at.getDate()}日`;
}

export function moment(seconds) {
  const today = new Date(seconds * 1000).toDateString() === new Date().toDateString();
  return today ? clock(seconds) : `${date(seconds)} ${clock(seconds)}`;
}

export function span(seconds) {
  const whole = Math.round(Math.abs(seconds));
  if (whole < 60) return `${whole} 秒`;
  if (whole < 3600) return `${Math.round(whole / 60)} 分钟`;
  if (whole < 172_800) return `${Math.round(whole / 360) / 10} 小时`;
  return `${Math.round(whole / 8640) / 10} 天`;
}
