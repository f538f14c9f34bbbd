import { act, render } from '@testing-library/react'
import { createBrowserRouter, RouterProvider } from 'react-router'
import { expect, test } from 'vitest'
import { useFilters } from './useFilters'

const addressed = () => Object.fromEntries(new URLSearchParams(window.location.search))

test('a filter told late keeps what was set since it was drawn', async () => {
  // given
  window.history.replaceState(null, '', '/?type=loader&offset=25')
  const drawn: ReturnType<typeof useFilters>[] = []
  function List() {
    drawn.push(useFilters())
    return null
  }
  render(<RouterProvider router={createBrowserRouter([{ path: '/', Component: List }])} />)
  const [first] = drawn

  // when
  await act(async () => first?.set('module', 'unpivot-transformer'))
  await act(async () => first?.set('search', 'unpivot'))

  // then
  expect(addressed()).toEqual({ type: 'loader', module: 'unpivot-transformer', search: 'unpivot' })
  expect(drawn.at(-1)?.get('module')).toBe('unpivot-transformer')

  // and: turning the page keeps the filters
  await act(async () => first?.turnTo(50))
  expect(addressed()).toEqual({ type: 'loader', module: 'unpivot-transformer', search: 'unpivot', offset: '50' })
})
