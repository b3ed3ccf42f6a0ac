import { databaseCode, isConflict, isConnectionLoss, isDataRefused, isDuplicateKey } from './transient-errors.js';

/** As SQL Server's driver reports it, and TypeORM hands it on. */
const fromMssql = (number: number): Error =>
  Object.assign(new Error('Transaction was deadlocked'), { driverError: { code: 'EREQUEST', number } });

describe('errors of SQL Server', () => {
  it.each([1205, 1222, 3960])('number %d is a conflict: the transaction is run again', (number) => {
    expect([isConflict(fromMssql(number)), isConnectionLoss(fromMssql(number))]).toEqual([true, false]);
  });

  it.each([2601, 2627])('number %d is a key that is there', (number) => {
    expect([isDuplicateKey(fromMssql(number)), isDataRefused(fromMssql(number)), isConflict(fromMssql(number))]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it.each([515, 547, 2628, 8115, 8152])('number %d is a value that is refused', (number) => {
    expect([isDataRefused(fromMssql(number)), isDuplicateKey(fromMssql(number))]).toEqual([true, false]);
  });

  it.each([596, 6005, 40613])('number %d is the loss of the connection', (number) => {
    expect(isConnectionLoss(fromMssql(number))).toBe(true);
  });

  it.each(['ESOCKET', 'ECONNCLOSED', 'ETIMEOUT'])('%s is the loss of the connection, before a statement too', (code) => {
    expect(isConnectionLoss(Object.assign(new Error('lost'), { code }))).toBe(true);
  });

  it('18456 is none of these: waiting does not mend a password', () => {
    const refused = Object.assign(new Error('Login failed'), { code: 'ELOGIN' });
    expect([isConnectionLoss(refused), isConflict(refused), databaseCode(refused)]).toEqual([false, false, 'ELOGIN']);
  });
});
