/**
 * A span of time in words, two digits of meaning at most: `8 s`, `14 min`, `3 h`, `2 d`.
 *
 * @param {number | undefined} ms
 * @returns {string} empty where there is none.
 */
export function spanWords(ms) {
  if (ms === undefined) return '';
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/**
 * A count or a height with its thousands apart.
 *
 * @param {number | undefined} value
 * @returns {string} empty where there is none.
 */
export function numberWords(value) {
  return value === undefined ? '' : value.toLocaleString('en-US');
}

/**
 * A time a call takes: `0.8 ms`, `43 ms`, `1.25 s`.
 *
 * @param {number | undefined} ms
 * @returns {string} empty where there is none.
 */
export function durationWords(ms) {
  if (ms === undefined) return '';
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/**
 * A part of a whole: `37 %`.
 *
 * @param {number | undefined} share 0 to 1
 * @returns {string} empty where there is none.
 */
export function shareWords(share) {
  return share === undefined ? '' : `${Math.round(share * 100)} %`;
}

/**
 * A moment as a clock shows it, in the reader's own time zone; with its day where that is not today.
 *
 * @param {string} iso
 * @returns {string}
 */
export function momentWords(iso) {
  const moment = new Date(iso);
  const isToday = moment.toDateString() === new Date().toDateString();
  return moment.toLocaleString('en-GB', { ...(!isToday && { dateStyle: 'medium' }), timeStyle: 'medium' });
}
