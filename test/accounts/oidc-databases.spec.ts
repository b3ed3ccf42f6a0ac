import { User } from '#libs/entities/user.entity.js';
import { Database } from '#libs/platform/database/database.js';
import { forEachDatabase } from '../support/databases.js';
import { OidcPlace } from './oidc-place.js';

forEachDatabase((database) => {
  let place: OidcPlace;
  beforeAll(async () => {
    place = await OidcPlace.start({ DATABASE_URL: database.url });
    await place.reset();
  });
  afterAll(() => place.stop());

  it('keeps one account for a person who signs in the first time in several browsers at once', async () => {
    const callbacks = await Promise.all(
      ['a', 'b', 'c'].map(async () => {
        const browser = place.browser();
        return { browser, callback: await browser.atProvider(await browser.begun(), 'anna') };
      }),
    );
    const landings = await Promise.all(callbacks.map(({ browser, callback }) => browser.land(callback)));
    expect(landings).toEqual(['/overview', '/overview', '/overview']);
    expect(await place.app.app.get(Database).manager.countBy(User, { identitySubject: 'anna' })).toBe(1);
  });

  it('takes an answer that comes twice at once for one', async () => {
    const browser = place.browser();
    const callback = await browser.atProvider(await browser.begun(), 'bert');
    const landings = await Promise.all([browser.land(callback), browser.land(callback)]);
    expect(landings.sort()).toEqual(['/overview', '/sign-in?refused=expired&then=%2Foverview']);
  });

  it('refuses a name that an account has, in any case', async () => {
    expect(await place.browser().signIn('mallory')).toContain('refused=name-taken');
  });
});
