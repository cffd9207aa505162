import { describe, expect, test } from 'vitest';

import { failureOf } from '../../src/model/failure.ts';
import { readSettings } from '../../src/server/settings.ts';

describe('the URL of the database', () => {
  test('is taken as it is', () => {
    const url = 'postgresql://me:s%40cret@db.example:5433/labs?sslmode=require';
    expect(readSettings({ KVM_COMPOSE_DATABASE_URL: url }).databaseUrl).toBe(url);
    expect(readSettings({}).databaseUrl).toBeUndefined();
  });

  for (const wrong of ['mysql://me:s3cret@db/labs', 'db.example/labs?password=s3cret', 'postgresql://me:s3cret@:x:/']) {
    test(`is refused without being repeated: ${wrong.slice(0, 8)}…`, () => {
      const refused = ((): unknown => {
        try {
          return readSettings({ KVM_COMPOSE_DATABASE_URL: wrong });
        } catch (error) {
          return error;
        }
      })();
      expect(failureOf(refused)).toMatchObject({ code: 'bad-setting', class: 'permanent' });
      expect(JSON.stringify(failureOf(refused))).not.toContain('s3cret');
    });
  }
});
