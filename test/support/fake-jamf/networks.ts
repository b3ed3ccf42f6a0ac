import { type Answer, json, page } from './answers.js';

/** A network segment in the JSON of the Classic API. */
export interface Segment {
  readonly id: number;
  readonly name: string;
  readonly starting_address: string;
  readonly ending_address: string;
  readonly building: string;
  readonly distribution_point: string;
}

/** `/JSSResource/networksegments`: the list has no distribution points, each segment has. */
export class FakeNetworks {
  readonly segments = new Map<number, Segment>();

  add(name: string, [from, to]: readonly [string, string], point = ''): void {
    const id = this.segments.size + 1;
    const addresses = { starting_address: from, ending_address: to };
    this.segments.set(id, { id, name, ...addresses, building: '', distribution_point: point });
  }

  /** Null: not a path of these. */
  answer(path: string, refusal: (privilege: string) => Answer | null): Answer | null {
    const [is, id] = /^\/JSSResource\/networksegments(?:\/id\/(\d+))?$/.exec(path) ?? [];
    if (is === undefined) return null;
    const refused = refusal('Read Network Segments');
    if (refused) return refused;
    if (id === undefined) {
      const list = [...this.segments.values()].map(({ building: _building, distribution_point: _point, ...shown }) => shown);
      return json(200, { network_segments: list });
    }
    const found = this.segments.get(Number(id));
    return found === undefined ? page(404, 'Not Found') : json(200, { network_segment: found });
  }
}
