/** @import { StatusReport } from '../../../model/status-report.ts' */

/** Silence longer than this means that the page shows the past, in milliseconds; a broken stream means it at once. */
const silenceMs = 5000;

/** How often silence is looked for, in milliseconds. */
const lookMs = 1000;

/**
 * Listens to the gateway. The browser itself comes again after a break; a stream that the gateway ended for good is begun anew.
 *
 * @param {object} ears
 * @param {(status: StatusReport) => void} ears.onStatus
 * @param {(silentMs: number) => void} ears.onSilence how long nothing came; 0 once something does again.
 */
export function listen({ onStatus, onSilence }) {
  let heardAt = performance.now();
  let isSilent = false;
  /** @type {EventSource} */
  let source;
  const open = () => {
    source = new EventSource('/api/events');
    source.addEventListener('status', ({ data }) => {
      heardAt = performance.now();
      if (isSilent) onSilence(0);
      isSilent = false;
      onStatus(JSON.parse(data));
    });
    source.addEventListener('error', tellSilence);
  };
  const tellSilence = () => {
    isSilent = true;
    onSilence(performance.now() - heardAt);
  };
  open();
  setInterval(() => {
    if (!isSilent && performance.now() - heardAt < silenceMs) return;
    tellSilence();
    if (source.readyState === EventSource.CLOSED) open();
  }, lookMs);
}
