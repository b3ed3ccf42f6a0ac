import { invalid, Real } from './plist-value.js';

const REAL = /^[ \t\r\n]*([+-]?)(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|(inf|infinity)|(nan))[ \t\r\n]*$/i;

export function parseReal(text: string): Real {
  const found = REAL.exec(text);
  if (!found) throw invalid('A real is not a number.');
  const [, sign, digits, infinity] = found;
  const value = digits === undefined ? (infinity === undefined ? NaN : Infinity) : Number(digits);
  return new Real(sign === '-' ? -value : value);
}

/** As Python's repr: the shortest digits that read back the same, `e` from 1e16 on and below 1e-4, and never without `.` or `e`. */
export function formatReal({ value }: Real): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '', power = '0'] = Math.abs(value).toExponential().split('e');
  const exponent = Number(power);
  if (value !== 0 && (exponent < -4 || exponent >= 16))
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  const plain = String(Math.abs(value)); // without an exponent from 1e-6 to 1e21
  return `${sign}${plain}${plain.includes('.') ? '' : '.0'}`;
}
