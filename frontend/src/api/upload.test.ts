import { expect, it } from 'vitest'
import { addressOf } from './upload'

it('keeps the folders of a path, and every character of a name', () => {
  expect(addressOf('in/50% #1?.csv')).toBe('/api/v1/files/content/in/50%25%20%231%3F.csv')
})
