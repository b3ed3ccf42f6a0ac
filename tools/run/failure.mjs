/** What a person must do something about; its message says what. Printed without a stack. */
export class Failure extends Error {
  name = 'Failure';
}
