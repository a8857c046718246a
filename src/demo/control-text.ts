import { faultText } from './fault.ts';
import type { DevnetView } from './faults.ts';
import type { ProviderView } from './provider.ts';
import { switches } from './switches.ts';

/** The devnet's state as lines of text, without the legend. */
export function stateText({ height, providers }: DevnetView): string {
  return [`block ${height}`, ...providers.map((provider) => providerText(provider, height))].join('\n');
}

/** One provider on one line. */
export function providerText({ name, tier, url, fault, anvil, trouble }: ProviderView, height: number): string {
  const behind = anvil === undefined ? 0 : height - anvil.height;
  const notes = [
    anvil === undefined ? 'anvil not running' : `anvil pid ${anvil.pid}`,
    ...(behind > 1 ? [`${behind} blocks behind`] : []),
    ...(trouble === undefined ? [] : [trouble]),
  ];
  return [name.padEnd(8), tier.padEnd(8), faultText(fault).padEnd(24), url, notes.join(', ')].join(' ');
}

/** Every switch with its key, its number and what it does. */
export function legendText(): string {
  return switches
    .map(({ name, key, says, number }) => {
      const usual = number === undefined ? '' : ` (n: ${number.means}, ${number.usual} unless given)`;
      return `  ${key}  ${name.padEnd(12)} ${says}${usual}`;
    })
    .join('\n');
}
