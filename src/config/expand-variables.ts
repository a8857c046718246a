/** The environment, as an argument. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A text with its variables filled in, or what is wrong with one. `why` names variables, never a value. */
export type Expansion =
  | { readonly kind: 'expanded'; readonly text: string }
  | { readonly kind: 'refused'; readonly why: string };

const nameForm = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/**
 * Fills in `${NAME}` and `${NAME:-default}`; `$${` stands for the characters `${` themselves. Never throws.
 *
 * A variable that is unset or empty takes its default, and is refused where it has none: a key that is silently missing from
 * a URL would be found out only by the provider. What was filled in is not looked through again.
 *
 * @param kept names that are no variables here: they stay as they are written.
 */
export function expandVariables(text: string, env: Environment, kept: ReadonlySet<string> = none): Expansion {
  let expanded = '';
  let from = 0;
  for (let at = text.indexOf('${'); at !== -1; at = text.indexOf('${', from)) {
    if (text[at - 1] === '$' && at > from) {
      expanded += `${text.slice(from, at - 1)}\${`;
      from = at + 2;
      continue;
    }
    const end = text.indexOf('}', at);
    if (end === -1) return refused(`has a \${ without its } (write $\${ for the characters themselves)`);
    const reference = text.slice(at + 2, end);
    const value = kept.has(reference) ? asWritten(reference) : variableValue(reference, env);
    if (value.kind === 'refused') return value;
    expanded += text.slice(from, at) + value.text;
    from = end + 1;
  }
  return { kind: 'expanded', text: expanded + text.slice(from) };
}

const none: ReadonlySet<string> = new Set();

function asWritten(reference: string): Expansion {
  return { kind: 'expanded', text: `\${${reference}}` };
}

function variableValue(reference: string, env: Environment): Expansion {
  const colon = reference.indexOf(':-');
  const name = colon === -1 ? reference : reference.slice(0, colon);
  if (!nameForm.test(name)) return refused(`has a \${…} that names no variable (write \${NAME} or \${NAME:-default})`);
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value !== undefined && value !== '') return { kind: 'expanded', text: value };
  if (colon !== -1) return { kind: 'expanded', text: reference.slice(colon + 2) };
  const state = value === undefined ? 'not set' : 'empty';
  return refused(`needs the environment variable ${name}, which is ${state} (set it, or write \${${name}:-default})`);
}

function refused(why: string): Expansion {
  return { kind: 'refused', why };
}
