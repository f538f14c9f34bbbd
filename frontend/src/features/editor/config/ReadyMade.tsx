import { Button, Loader, Menu, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { BookmarkPlus, Sparkles } from 'lucide-react'
import { useState } from 'react'
import { getTemplate, type ModuleOut, type TemplateIn, type TemplateSummary } from '@/api/generated'
import { listTemplatesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { messageOf } from '@/api/problem'
import { useRefusal } from '@/session/useAccount'
import { strings } from '@/strings'
import { isModule } from '../model/types'
import { SaveTemplate } from '../SaveTemplate'
import { useEditor } from '../store/editor'
import { useForm } from './form/context'
import type { Path } from './form/paths'

const text = strings.config.ready
const MOST = 50

/** Ready options: the module's presets, and templates of it that oneself or others kept; undone like any change. */
export function ReadyMade({ module }: { module: ModuleOut }) {
  const { nodeId, changeAll } = useForm()
  const [kept, keep] = useState<TemplateIn['content'] | null>(null)
  const refusal = useRefusal()
  return (
    <>
      <Menu position="bottom-end" width={300} shadow="md" menuItemTabIndex={0} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button variant="default" leftSection={<Sparkles size={15} aria-hidden />}>
            {text.button}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
          {module.presets.length > 0 && <Menu.Label>{strings.editor.presets}</Menu.Label>}
          {module.presets.map(preset => (
            <Menu.Item
              key={preset.name}
              onClick={() =>
                changeAll(
                  Object.entries(preset.config).map(([name, value]) => [[name], value] as const),
                  'chosen',
                )
              }
            >
              <Text size="sm">{preset.title}</Text>
              <Text size="xs" c="dimmed">
                {preset.description}
              </Text>
            </Menu.Item>
          ))}
          <Menu.Label>{strings.templates.button}</Menu.Label>
          <Kept module={module} />
          <Menu.Item
            leftSection={<BookmarkPlus size={15} aria-hidden />}
            disabled={refusal !== null}
            title={refusal ?? undefined}
            onClick={() => keep(contentOf(nodeId))}
          >
            {text.keep}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {kept && <SaveTemplate content={kept} name={kept.nodes[0]?.data.label} onClose={() => keep(null)} />}
    </>
  )
}

/** The templates of one step of this module; asked for when somebody looks. */
function Kept({ module }: { module: ModuleOut }) {
  const { config, changeAll } = useForm()
  const { data, error } = useQuery(listTemplatesOptions({ query: { module_id: module.name, limit: MOST } }))
  const take = useMutation({
    mutationFn: async ({ id }: TemplateSummary) => (await getTemplate({ path: { template_id: id } })).data,
    onSuccess: ({ content }) => {
      const options = content.nodes[0]?.data.config ?? {}
      // All of it: what the template leaves out is as the module has it by itself.
      const others = Object.keys(config).filter(name => !(name in options))
      const changes: (readonly [Path, unknown])[] = [
        ...others.map(name => [[name], module.default_config[name]] as const),
        ...Object.entries(options).map(([name, value]) => [[name], value] as const),
      ]
      changeAll(changes, 'chosen')
    },
  })
  if (error) return <Line>{messageOf(error)}</Line>
  if (!data)
    return (
      <Line>
        <Loader size={12} aria-label={strings.shell.loading} />
      </Line>
    )
  if (data.items.length === 0) return <Line>{text.none}</Line>
  return data.items.map(template => (
    <Menu.Item key={template.id} onClick={() => take.mutate(template)}>
      <Text size="sm">{template.name}</Text>
      <Text size="xs" c="dimmed">
        {template.visibility === 'private' ? strings.templates.private : text.sharedBy(template.owner_name)}
        {template.description && ` · ${template.description}`}
      </Text>
    </Menu.Item>
  ))
}

function Line({ children }: { children: React.ReactNode }) {
  return (
    <Text size="xs" c="dimmed" px="sm" py={4} role="status">
      {children}
    </Text>
  )
}

/** The step as it is now, alone. */
function contentOf(nodeId: string): TemplateIn['content'] {
  const nodes = useEditor.getState().nodes.filter(isModule)
  return {
    nodes: nodes
      .filter(({ id }) => id === nodeId)
      .map(({ id, type, position, data }) => ({ id, type, position, data })),
    edges: [],
  }
}
