import { Button, Card, Group, SegmentedControl, Skeleton, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import type { PipelineOut } from '@/api/generated'
import { diffVersionsOptions, restoreVersionMutation } from '@/api/generated/@tanstack/react-query.gen'
import { Changes } from '@/components/Changes'
import { Confirm } from '@/components/Confirm'
import { ErrorState } from '@/components/ErrorState'
import { toast } from '@/components/toast'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'

const text = strings.settings.versions

/** What a version changed, or how it differs from now, and the way back to it. */
export function VersionDiff({ pipeline, version }: { pipeline: PipelineOut; version: number }) {
  const queryClient = useQueryClient()
  const [with_, setWith] = useState<'before' | 'current'>('before')
  const [isAsking, setAsking] = useState(false)
  const refused = useRefused()
  const isCurrent = version === pipeline.revision
  const [before, after] = with_ === 'before' ? [version - 1, version] : [version, pipeline.revision]
  const diff = useQuery({
    ...diffVersionsOptions({ path: { pipeline_id: pipeline.id, version: before, other: after } }),
    enabled: before >= 1,
  })
  const restore = useMutation({
    ...restoreVersionMutation(),
    onSuccess: () => {
      setAsking(false)
      toast.success(text.restored(version))
      return queryClient.invalidateQueries()
    },
  })
  return (
    <Card withBorder>
      <Group justify="space-between" mb="md">
        <Title order={2} size="h4">
          {before >= 1 ? text.against(before, after) : text.version(version)}
        </Title>
        {!isCurrent && (
          <Group gap="sm">
            <SegmentedControl
              size="xs"
              value={with_}
              onChange={value => setWith(value as typeof with_)}
              data={[
                { value: 'before', label: text.withBefore },
                { value: 'current', label: text.withCurrent },
              ]}
            />
            <Button
              size="xs"
              variant="light"
              {...refused}
              leftSection={<RotateCcw size={14} aria-hidden />}
              onClick={() => setAsking(true)}
            >
              {text.restore}
            </Button>
          </Group>
        )}
      </Group>
      {before < 1 && <Text c="dimmed">{text.firstOne}</Text>}
      {before >= 1 && diff.isPending && <Skeleton h={160} />}
      {diff.isError && <ErrorState error={diff.error} onRetry={() => void diff.refetch()} />}
      {diff.data && <Changes diff={diff.data} />}
      <Confirm
        isOpen={isAsking}
        title={text.restoreTitle(version)}
        action={text.restore}
        color="indigo"
        isBusy={restore.isPending}
        onConfirm={() =>
          restore.mutate({ path: { pipeline_id: pipeline.id, version }, body: { revision: pipeline.revision } })
        }
        onClose={() => setAsking(false)}
      >
        {text.restoreHint}
      </Confirm>
    </Card>
  )
}
