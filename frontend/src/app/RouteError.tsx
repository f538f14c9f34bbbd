import { Button, Group } from '@mantine/core'
import { Compass, RefreshCw } from 'lucide-react'
import { Link, useRouteError } from 'react-router'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { useTitle } from '@/components/Page'
import { strings } from '@/strings'

/** In the place of a page that threw; what the other pages hold is untouched. */
export function RouteError() {
  const error = useRouteError()
  if (isMissingChunk(error)) {
    return (
      <EmptyState
        icon={RefreshCw}
        order={1}
        title={strings.actions.reload}
        action={<Button onClick={() => location.reload()}>{strings.actions.reload}</Button>}
      >
        {strings.errors.outdated}
      </EmptyState>
    )
  }
  return (
    <>
      <ErrorState error={error} />
      <Group justify="center">
        <Button variant="default" onClick={() => location.reload()}>
          {strings.actions.reload}
        </Button>
        <Button variant="default" component={Link} to="/pipelines" reloadDocument>
          {strings.errors.toStart}
        </Button>
      </Group>
    </>
  )
}

export function PageNotFound() {
  useTitle(strings.errors.notFoundTitle)
  return (
    <EmptyState
      icon={Compass}
      order={1}
      title={strings.errors.notFoundTitle}
      action={
        <Button component={Link} to="/pipelines" mt="sm">
          {strings.errors.toStart}
        </Button>
      }
    >
      {strings.errors.notFound}
    </EmptyState>
  )
}

/** After an update of the server the files that an open tab knows are gone. */
function isMissingChunk(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|Importing a module/.test(error.message)
}
