import { Badge, Button, Group, Table, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, Webhook } from 'lucide-react'
import { useState } from 'react'
import type { WebhookOut } from '@/api/generated'
import {
  listWebhooksOptions,
  listWebhooksQueryKey,
  revokeWebhookMutation,
} from '@/api/generated/@tanstack/react-query.gen'
import { Confirm } from '@/components/Confirm'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { count } from '@/components/format'
import { ListSkeleton } from '@/components/ListSkeleton'
import { ListTable } from '@/components/ListTable'
import { Moment } from '@/components/Moment'
import { PipelinePage } from '@/components/PipelinePage'
import { useAccount, useRefusal } from '@/session/useAccount'
import { strings } from '@/strings'
import { NewWebhook } from './components/NewWebhook'

const text = strings.settings.webhooks

export function Component() {
  return (
    <PipelinePage title={strings.settings.tabs.webhooks} here="webhooks">
      {pipeline => <Shown pipelineId={pipeline.id} />}
    </PipelinePage>
  )
}

/** Who may not run the pipeline is not shown what starts it either. */
function Shown({ pipelineId }: { pipelineId: string }) {
  const account = useAccount()
  const refusal = useRefusal()
  if (!account) return <ListSkeleton />
  if (refusal === null) return <Webhooks pipelineId={pipelineId} />
  return (
    <EmptyState icon={Webhook} title={text.hidden}>
      {refusal}
    </EmptyState>
  )
}

/** The addresses that start the pipeline. */
function Webhooks({ pipelineId }: { pipelineId: string }) {
  const path = { pipeline_id: pipelineId }
  const queryClient = useQueryClient()
  const [isMaking, setMaking] = useState(false)
  const [revoked, setRevoked] = useState<WebhookOut | null>(null)
  const webhooks = useQuery(listWebhooksOptions({ path }))
  const revoke = useMutation({
    ...revokeWebhookMutation(),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: listWebhooksQueryKey({ path }) }),
    onSettled: () => setRevoked(null),
  })
  const create = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setMaking(true)}>
      {text.create}
    </Button>
  )
  const isEmpty = webhooks.data?.items.length === 0
  return (
    <>
      {webhooks.isPending && <ListSkeleton />}
      {webhooks.isError && <ErrorState error={webhooks.error} onRetry={() => void webhooks.refetch()} />}
      {isEmpty && (
        <EmptyState icon={Webhook} title={text.empty} action={create}>
          {text.emptyHint}
        </EmptyState>
      )}
      {webhooks.data && !isEmpty && (
        <>
          <Group justify="space-between" mb="md">
            <Text c="dimmed">{text.hint}</Text>
            {create}
          </Group>
          <WebhookTable webhooks={webhooks.data.items} onRevoke={setRevoked} />
        </>
      )}
      <NewWebhook pipelineId={pipelineId} isOpen={isMaking} onClose={() => setMaking(false)} />
      <Confirm
        isOpen={revoked !== null}
        title={text.revokeTitle(revoked?.name ?? '')}
        action={text.revoke}
        isBusy={revoke.isPending}
        onConfirm={() => revoked && revoke.mutate({ path: { ...path, webhook_id: revoked.id } })}
        onClose={() => setRevoked(null)}
      >
        {text.revokeHint}
      </Confirm>
    </>
  )
}

type TableProps = { webhooks: WebhookOut[]; onRevoke: (webhook: WebhookOut) => void }

function WebhookTable({ webhooks, onRevoke }: TableProps) {
  return (
    <ListTable
      minWidth={640}
      columns={[
        { title: text.name },
        { title: text.token },
        { title: text.used },
        { title: text.uses },
        { 'aria-label': strings.actions.more, w: 110 },
      ]}
    >
      {webhooks.map(webhook => (
        <Table.Tr key={webhook.id}>
          <Table.Td>
            <Group gap="xs">
              {webhook.name}
              {webhook.is_signed && (
                <Badge size="sm" variant="light" tt="none">
                  {text.signed}
                </Badge>
              )}
            </Group>
          </Table.Td>
          <Table.Td ff="monospace">…{webhook.token_hint}</Table.Td>
          <Table.Td>{webhook.last_used_at ? <Moment at={webhook.last_used_at} /> : text.never}</Table.Td>
          <Table.Td>{count(webhook.use_count)}</Table.Td>
          <Table.Td ta="right">
            <Button size="compact-sm" variant="subtle" color="red" onClick={() => onRevoke(webhook)}>
              {text.revoke}
            </Button>
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  )
}
