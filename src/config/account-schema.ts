import { Type } from 'typebox';
import { headerMap } from './header-map.ts';
import { choice, count, text } from './schema-leaf.ts';
import { nameForm, type TextForm } from './text-form.ts';

/** What stands in an account's URLs for the network of each provider; no variable of the environment. */
export const networkPlaceholder = `\${network}`;

function templateForm(schemes: 'https?' | 'wss?', example: string): TextForm {
  return {
    pattern: `^${schemes}://[\\x21-\\x7e]{1,4096}$`,
    expects: `a URL such as ${example}, where \${network} stands for the network of each provider`,
  };
}

/** Calls per second, or a map with a burst beside them. */
export const rateLimit = Type.Union(
  [
    count(undefined, 'Calls per second.'),
    Type.Object(
      {
        callsPerSecond: count(undefined, 'Calls per second.'),
        burst: Type.Optional(
          count(undefined, 'Calls that may go out at once after a pause. Without it those of one second.'),
        ),
      },
      { expects: 'a map with callsPerSecond, and burst where it is another number' },
    ),
  ],
  {
    expects: 'a number of calls per second, or a map with callsPerSecond and burst',
    description:
      'Calls per second it is sent, all its URLs together. Over it, others are asked; where nobody else can be, calls wait up to a second, and one per second goes out all the same.',
  },
);

/** What a provider or an account may spend in a month. */
export const budgetProperties = {
  monthlyBudget: Type.Optional(
    Type.Object(
      {
        calls: Type.Optional(count(undefined, 'Calls in a month, those of our own among them.', { max: 1e12 })),
        cost: Type.Optional(
          count(undefined, 'Cost units of methods in a month; what a method costs is in its chain spec.', {
            max: 1e12,
          }),
        ),
      },
      {
        expects: 'a map with calls or cost',
        description: 'What may be spent in a month: calls, or cost units. Counted by this process, over restarts.',
      },
    ),
  ),
  resetDay: Type.Optional(
    count(undefined, 'Day of the month on which the budget begins anew, at midnight UTC. Without it the first.', {
      max: 31,
    }),
  ),
  whenSpent: Type.Optional(
    choice(
      ['stop', 'last-resort'],
      undefined,
      'What becomes of it once the budget is spent: `stop` (the default) sends nothing until the budget begins anew, `last-resort` only what nobody else can answer.',
    ),
  ),
};

const account = Type.Object(
  {
    url: Type.Optional(
      text(
        undefined,
        `HTTP URL of its providers that have none of their own; \`\${network}\` in it stands for the \`network\` of each.`,
        templateForm('https?', `https://eth-\${network}.vendor.example/v2/KEY`),
      ),
    ),
    ws: Type.Optional(
      text(
        undefined,
        'The same of their WebSocket URLs.',
        templateForm('wss?', `wss://eth-\${network}.vendor.example/v2/KEY`),
      ),
    ),
    headers: Type.Optional(headerMap('Headers sent with every request of its providers.')),
    group: Type.Optional(text(undefined, 'Who operates its providers. Without it as told by their URLs.', nameForm)),
    rateLimit: Type.Optional(rateLimit),
    concurrency: Type.Optional(count(undefined, 'Calls in flight, all its providers together.')),
    ...budgetProperties,
  },
  { expects: 'a map of keys such as url and monthlyBudget' },
);

/** Accounts with vendors, by name: one bill for providers of many chains. */
export const accountMap = Type.Record(Type.String({ pattern: nameForm.pattern }), account, {
  default: {},
  maxProperties: 500,
  expects: 'a map of at most 500 accounts by name',
  keyExpects: `an account has ${nameForm.expects}`,
  keyName: 'account',
  description: 'Accounts with vendors, which providers of many chains share: `{ account: vendor, network: mainnet }`.',
});
