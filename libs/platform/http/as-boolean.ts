/** For `@Transform`: `?confirm=true`, `?confirm=false`, and `?confirm=` alone; anything else is left for the validation to refuse. */
export const asBoolean = ({ value }: { value: unknown }): unknown =>
  value === 'true' || value === '' ? true : value === 'false' ? false : value;
