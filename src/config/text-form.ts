/** The form of a text: a regular expression, and how to say it after "must be". */
export interface TextForm {
  readonly pattern: string;
  readonly expects: string;
}

/** The form of a provider's name, of a group and of a spec. */
export const nameForm: TextForm = {
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  expects: 'a name of at most 64 letters, digits, dots, dashes and underscores',
};

/** The form of an address a door listens on. */
export const hostForm: TextForm = {
  pattern: '^[A-Za-z0-9.:_-]{1,253}$',
  expects: 'an address or a host name such as 127.0.0.1, 0.0.0.0 or ::',
};
