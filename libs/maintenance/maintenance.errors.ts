/** What an administrator must do something about; the message says what. Printed without a stack. */
export class MaintenanceFailed extends Error {
  override readonly name = 'MaintenanceFailed';
}
