import { Injectable } from '@angular/core';
import { inspectPackage, type InspectionDto } from '#libs/api-client';
import { byName } from './addressing';
import { Follower } from './follower';

/** What was read in packages that were uploaded here. */
@Injectable({ providedIn: 'root' })
export class InspectionFollower extends Follower<InspectionDto> {
  /** Null while it is not inspected. */
  inspectionOf(filename: string): InspectionDto | null {
    const known = this.knownOf(filename);
    return known && this.settles(known) ? known : null;
  }

  protected ask(filename: string): Promise<InspectionDto> {
    return this.api.invoke(inspectPackage, byName(filename));
  }

  protected settles({ state }: InspectionDto): boolean {
    return state !== 'waiting';
  }
}
