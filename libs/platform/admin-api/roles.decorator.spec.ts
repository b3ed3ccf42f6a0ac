import { roles } from '#libs/entities/user.entity.js';
import { mayActAs } from './roles.decorator.js';

describe('mayActAs', () => {
  it('lets each role do what lesser ones may', () => {
    const table = roles.map((role) => roles.map((minimum) => mayActAs(role, minimum)));
    expect(table).toEqual([
      [true, false, false],
      [true, true, false],
      [true, true, true],
    ]);
  });
});
