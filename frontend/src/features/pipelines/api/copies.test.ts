import { beforeEach, expect, it, vi } from 'vitest'
import { configureClient } from '@/api/client'
import type { PipelineIn } from '@/api/generated'
import { signedIn } from '@/session/store'
import { importPipeline, saveCopy } from './copies'

const taken = new Set<string>()
let saved: PipelineIn[]

beforeEach(() => {
  taken.clear()
  saved = []
  signedIn('token')
  configureClient()
  vi.stubGlobal('fetch', async (request: Request) => {
    const body = (await request.json()) as PipelineIn
    if (taken.has(body.name)) return Response.json({ title: 'Taken', detail: 'Taken', code: 'taken' }, { status: 409 })
    saved.push(body)
    return Response.json({ id: '1', ...body }, { status: 201 })
  })
  // The generated client asks for a whole address, which a page has.
  vi.stubGlobal('location', new URL('http://logidata.test/'))
})

it('a copy takes the first free name and does not run by itself', async () => {
  taken.add('Copy of Sales')

  const copy = await saveCopy({ name: 'Sales', is_scheduled: true })

  expect(copy.name).toBe('Copy 2 of Sales')
  expect(saved[0]?.is_scheduled).toBe(false)
})

it('an imported pipeline keeps its name while that is free', async () => {
  await importPipeline(new File(['{"name": "Sales"}'], 'a.json'))
  taken.add('Sales')
  await importPipeline(new File(['{"name": "Sales"}'], 'a.json'))

  expect(saved.map(({ name }) => name)).toEqual(['Sales', 'Copy of Sales'])
})

it.each(['no json', '[]', '{"nodes": []}'])('a file that holds %s is refused here', async content => {
  await expect(importPipeline(new File([content], 'a.json'))).rejects.toThrow('holds no pipeline')
  expect(saved).toEqual([])
})
