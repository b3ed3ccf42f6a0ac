import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Clock } from '#libs/platform/clock.js';
import { Config } from '#libs/platform/config/config.js';
import { localIdentity } from '#libs/entities/user.entity.js';
import { hashPassword, passwordMatches } from '#libs/platform/crypto/passwords.js';
import { FirstSignIn } from './first-sign-in.js';
import { DEFAULT_PASSWORD, faultsOfPassword } from './password-rules.js';
import { UserRepository } from './user.repository.js';
import { usernameKey } from './username.js';

const USERNAME = 'admin';

/** Makes the first user when there is none: with ADMIN_PASSWORD, or with the password that everybody knows and must change. */
@Injectable()
export class FirstAdministrator implements OnModuleInit {
  private readonly logger = new Logger(FirstAdministrator.name);

  constructor(
    private readonly users: UserRepository,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly first: FirstSignIn,
  ) {}

  async onModuleInit(): Promise<void> {
    // Not by name: an administrator who was renamed or removed must not come back with a known password.
    if ((await this.users.count()) === 0) await this.create();
    const user = await this.users.findByKey(usernameKey(USERNAME));
    if (user?.mustChangePassword && (await passwordMatches(DEFAULT_PASSWORD, user.passwordHash))) {
      this.logger.warn(
        `First sign-in: user ${USERNAME}, password ${DEFAULT_PASSWORD}, on this machine or in the first 15 minutes. It opens nothing but the page that sets a new password.`,
      );
      this.first.show(user, 'The first password is still in force.');
    }
  }

  private async create(): Promise<void> {
    const given = this.config.get('ADMIN_PASSWORD');
    const faults = given === null ? [] : faultsOfPassword(given, USERNAME);
    if (faults.length > 0) {
      this.logger.warn(`ADMIN_PASSWORD is only good for setting another one at the first sign-in. ${faults.join(' ')}`);
    }
    await this.users.insertIfNew({
      username: USERNAME,
      usernameKey: usernameKey(USERNAME),
      passwordHash: await hashPassword(given ?? DEFAULT_PASSWORD),
      role: 'admin',
      mustChangePassword: given === null || faults.length > 0,
      disabled: false,
      service: false,
      ...localIdentity,
      createdMs: this.clock.now(),
      lastLoginMs: null,
    });
  }
}
