import { Badge, Group, Menu, Table, Text } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Eye, EyeOff, LayoutTemplate, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { TemplateSummary } from '@/api/generated'
import {
  changeTemplateMutation,
  deleteTemplateMutation,
  getMeOptions,
  listTemplatesOptions,
  listTemplatesQueryKey,
} from '@/api/generated/@tanstack/react-query.gen'
import { ActionsMenu } from '@/components/ActionsMenu'
import { Confirm } from '@/components/Confirm'
import { EmptyState } from '@/components/EmptyState'
import { ListTable } from '@/components/ListTable'
import { Moment } from '@/components/Moment'
import { Page } from '@/components/Page'
import { PagedList } from '@/components/PagedList'
import { PageHeader } from '@/components/PageHeader'
import { useFilters } from '@/components/useFilters'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'
import { Rename } from './Rename'

const text = strings.templates
const LIMIT = 50
const ICON = { size: 14, 'aria-hidden': true } as const

/** One's own templates and the shared ones. */
export function Component() {
  const queryClient = useQueryClient()
  const [renamed, setRenamed] = useState<TemplateSummary | null>(null)
  const [deleted, setDeleted] = useState<TemplateSummary | null>(null)
  const templates = useQuery({
    ...listTemplatesOptions({ query: { limit: LIMIT, offset: useFilters().offset } }),
    placeholderData: keepPreviousData,
  })
  const onSuccess = () => queryClient.invalidateQueries({ queryKey: listTemplatesQueryKey() })
  const change = useMutation({ ...changeTemplateMutation(), onSuccess, onSettled: () => setRenamed(null) })
  const remove = useMutation({ ...deleteTemplateMutation(), onSuccess, onSettled: () => setDeleted(null) })
  return (
    <Page title={strings.pages.templates}>
      <PageHeader title={strings.pages.templates} />
      <PagedList
        query={templates}
        limit={LIMIT}
        empty={
          <EmptyState icon={LayoutTemplate} title={text.empty}>
            {text.emptyHint}
          </EmptyState>
        }
      >
        {items => (
          <>
            <Text c="dimmed" mb="md">
              {text.hint}
            </Text>
            <TemplateTable
              templates={items}
              onRename={setRenamed}
              onDelete={setDeleted}
              onShare={({ id, visibility }) =>
                change.mutate({
                  path: { template_id: id },
                  body: { visibility: visibility === 'shared' ? 'private' : 'shared' },
                })
              }
            />
          </>
        )}
      </PagedList>
      {renamed && (
        <Rename
          template={renamed}
          isBusy={change.isPending}
          onClose={() => setRenamed(null)}
          onSave={body => change.mutate({ path: { template_id: renamed.id }, body })}
        />
      )}
      <Confirm
        isOpen={deleted !== null}
        title={text.deleteTitle(deleted?.name ?? '')}
        action={strings.actions.delete}
        isBusy={remove.isPending}
        onConfirm={() => deleted && remove.mutate({ path: { template_id: deleted.id } })}
        onClose={() => setDeleted(null)}
      >
        {text.deleteHint}
      </Confirm>
    </Page>
  )
}

type Act = (template: TemplateSummary) => void
type TableProps = { templates: TemplateSummary[]; onRename: Act; onShare: Act; onDelete: Act }

function TemplateTable({ templates, onRename, onShare, onDelete }: TableProps) {
  const me = useQuery(getMeOptions()).data
  const refused = useRefused()
  const isMine = (template: TemplateSummary) => me?.role === 'admin' || (me?.id != null && template.owner_id === me.id)
  return (
    <ListTable
      minWidth={640}
      columns={[
        { title: text.name },
        { title: text.modules },
        { title: text.owner },
        { title: text.changed },
        { 'aria-label': strings.actions.more, w: 50 },
      ]}
    >
      {templates.map(template => (
        <Table.Tr key={template.id}>
          <Table.Td>
            <Group gap="xs">
              {template.name}
              <Badge size="sm" variant="light" tt="none" color={template.visibility === 'shared' ? 'teal' : 'gray'}>
                {text[template.visibility]}
              </Badge>
            </Group>
            <Text size="sm" c="dimmed">
              {template.description}
            </Text>
          </Table.Td>
          <Table.Td>{template.module_ids.join(', ')}</Table.Td>
          <Table.Td>{template.owner_name ?? '–'}</Table.Td>
          <Table.Td>
            <Moment at={template.updated_at} />
          </Table.Td>
          <Table.Td ta="right">
            {isMine(template) && (
              <ActionsMenu label={`${strings.actions.more}: ${template.name}`} width={210}>
                <Menu.Item leftSection={<Pencil {...ICON} />} {...refused} onClick={() => onRename(template)}>
                  {text.edit}
                </Menu.Item>
                <Menu.Item
                  leftSection={template.visibility === 'shared' ? <EyeOff {...ICON} /> : <Eye {...ICON} />}
                  {...refused}
                  onClick={() => onShare(template)}
                >
                  {template.visibility === 'shared' ? text.keep : text.share}
                </Menu.Item>
                <Menu.Item
                  color="red"
                  leftSection={<Trash2 {...ICON} />}
                  {...refused}
                  onClick={() => onDelete(template)}
                >
                  {strings.actions.delete}
                </Menu.Item>
              </ActionsMenu>
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  )
}
