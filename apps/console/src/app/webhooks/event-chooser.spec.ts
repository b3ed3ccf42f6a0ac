import { TestBed } from '@angular/core/testing';
import { EventChooser } from './event-chooser';

const types = ['package.synced', 'package.deleted', 'disk.low'].map((type) => ({ type, description: `About ${type}.`, example: {} }));

async function shown(chosen: readonly string[] | null) {
  const fixture = TestBed.createComponent(EventChooser);
  fixture.componentRef.setInput('types', types);
  fixture.componentRef.setInput('chosen', chosen);
  await fixture.whenStable();
  const page = fixture.nativeElement as HTMLElement;
  const click = async (label: string) => {
    const found = [...page.querySelectorAll('label')].find((each) => each.textContent.trim().startsWith(label));
    found!.click();
    await fixture.whenStable();
  };
  return { page, click, chosen: () => fixture.componentInstance.chosen() };
}

describe('EventChooser', () => {
  it('shows no list while everything is chosen', async () => {
    expect((await shown(null)).page.querySelectorAll('mat-checkbox')).toHaveLength(0);
  });

  it('chooses one, a whole group, and takes both back', async () => {
    const chooser = await shown([]);
    await chooser.click('Disk almost full');
    await chooser.click('Packages');
    expect(chooser.chosen()).toEqual(['disk.low', 'package.synced', 'package.deleted']);
    await chooser.click('Package arrived');
    expect(chooser.chosen()).toEqual(['disk.low', 'package.deleted']);
    await chooser.click('Disk almost full');
    expect(chooser.chosen()).toEqual(['package.deleted']);
  });

  it('remembers what was chosen before everything was', async () => {
    const chooser = await shown(['disk.low']);
    await chooser.click('Everything');
    expect(chooser.chosen()).toBeNull();
    await chooser.click('Only what I choose');
    expect(chooser.chosen()).toEqual(['disk.low']);
  });
});
