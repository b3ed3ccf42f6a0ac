import { capabilitiesOf, plainVersion } from './jamf-version.js';

describe('plainVersion', () => {
  it.each([
    ['11.30.0-t1782920582649', '11.30.0'],
    ['11.5', '11.5'],
    ['x', null],
    ['11.30.0<script>', null],
    [undefined, null],
  ])('%s is %s', (text, version) => expect(plainVersion(text)).toBe(version));
});

describe('capabilitiesOf', () => {
  it.each([
    ['11.4.2', []],
    ['11.5', ['packages']],
    ['11.15.9', ['packages']],
    ['11.16', ['packages', 'distribution_points']],
    ['11.25.0', ['packages', 'distribution_points', 'sha3_512']],
    ['12.0.0', ['packages', 'distribution_points', 'sha3_512']],
    ['10.50.0', []],
  ])('%s: %j', (version, able) => expect(capabilitiesOf(version)).toEqual(able));
});
