import { Type } from 'class-transformer';
import { IsIn, IsInt, IsString, MaxLength, Min, ValidateNested } from 'class-validator';
import { InvalidRequest } from '../errors/common.errors.js';
import { validation } from './validation.js';

class Peer {
  @IsString() @MaxLength(5) name!: string;
}

class Body {
  @IsIn(['Dev', 'Prod'], { message: 'stage must be one of Dev, Prod.' }) stage!: string;
  @IsInt() @Min(1) @Type(() => Number) limit!: number;
  @ValidateNested({ each: true }) @Type(() => Peer) peers!: Peer[];
}

const pipe = validation();
const check = (value: unknown): Promise<Body> => pipe.transform(value, { type: 'body', metatype: Body }) as Promise<Body>;

async function faultsOf(value: unknown): Promise<{ pointer: string; detail: string }[]> {
  const error = await check(value).then(
    () => new Error('accepted'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof InvalidRequest)) throw error;
  return error.details.errors;
}

describe('validation', () => {
  it('makes DTOs of what is right', async () => {
    const body = await check({ stage: 'Dev', limit: '5', peers: [{ name: 'a' }] });
    expect(body).toBeInstanceOf(Body);
    expect(body.peers[0]).toBeInstanceOf(Peer);
    expect(body.limit).toBe(5);
  });

  it('names every fault by JSON pointer, each as one sentence', async () => {
    expect(await faultsOf({ stage: 'X', limit: 0, peers: [{ name: 'a' }, { name: 'too long' }], extra: 1 })).toEqual([
      { pointer: '/extra', detail: 'There is no field "extra". Known: stage, limit, peers.' },
      { pointer: '/stage', detail: 'stage must be one of Dev, Prod.' },
      { pointer: '/limit', detail: 'limit must not be less than 1.' },
      { pointer: '/peers/1/name', detail: 'name must be shorter than or equal to 5 characters.' },
    ]);
  });

  it('says which name was meant, also within nested objects and in queries', async () => {
    expect(await faultsOf({ Stage: 'Dev', stage: 'Dev', limit: 1, peers: [{ name: 'a', nmae: 'b' }] })).toEqual([
      { pointer: '/Stage', detail: 'There is no field "Stage". Did you mean "stage"?' },
      { pointer: '/peers/0/nmae', detail: 'There is no field "nmae". Did you mean "name"?' },
    ]);
    const query = pipe.transform({ stage: 'Dev', Limit: 3, limit: 2, peers: [] }, { type: 'query', metatype: Body });
    await expect(query).rejects.toThrow('There is no query parameter "Limit". Did you mean "limit"?');
  });

  it('escapes names that are not ours in pointers (RFC 6901)', async () => {
    const pointers = (await faultsOf({ stage: 'Dev', limit: 1, peers: [], 'a/b~c': 1 })).map(({ pointer }) => pointer);
    expect(pointers).toEqual(['/a~1b~0c']);
  });

  it.each([null, undefined, 'text', 7, [], [{ stage: 'Dev' }], true])('refuses a body that is no object: %j', async (value) => {
    const faults = await faultsOf(value);
    expect(faults.length).toBeGreaterThan(0);
    for (const { pointer, detail } of faults) {
      expect(pointer).not.toContain('undefined');
      expect(detail).not.toContain('undefined');
    }
  });

  it('does not repeat values, which may be secrets', async () => {
    expect(JSON.stringify(await faultsOf({ stage: 'hunter2', limit: 'hunter2', peers: [{ name: 'hunter2-hunter2' }] }))).not.toContain(
      'hunter2',
    );
  });

  it('keeps answers small however many fields are wrong', async () => {
    const body = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`field${index}`, 1]));
    expect((await faultsOf(body)).length).toBeLessThanOrEqual(100);
  });
});
