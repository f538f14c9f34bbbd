import { Button } from '@mantine/core'
import { CircleAlert, Unplug } from 'lucide-react'
import { ApiError, messageOf } from '@/api/problem'
import { strings } from '@/strings'
import { EmptyState } from './EmptyState'

type Props = { error: unknown; onRetry?: () => void }

/** In the place of what could not be loaded. */
export function ErrorState({ error, onRetry }: Props) {
  const isAway = error instanceof ApiError && error.status === 0
  const title = error instanceof ApiError ? error.title : strings.errors.unexpectedTitle
  return (
    <EmptyState
      icon={isAway ? Unplug : CircleAlert}
      color="red"
      title={title}
      action={
        onRetry && (
          <Button variant="default" mt="sm" onClick={onRetry}>
            {strings.actions.retry}
          </Button>
        )
      }
    >
      {messageOf(error)}
    </EmptyState>
  )
}
