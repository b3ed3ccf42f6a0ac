import { jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { When } from './when';

describe('a time in words', () => {
  afterEach(() => void jest.useRealTimers());

  it('follows the clock while it is shown', () => {
    jest.useFakeTimers({ now: 1_800_000_000_000 });
    const fixture = TestBed.createComponent(When);
    fixture.componentRef.setInput('at', 1_800_000_000);
    fixture.detectChanges();
    const text = (): string => (fixture.nativeElement as HTMLElement).textContent;
    expect(text()).toBe('just now');
    jest.advanceTimersByTime(180_000);
    fixture.detectChanges();
    expect(text()).toBe('3 minutes ago');
  });
});
