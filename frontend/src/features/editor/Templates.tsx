import { ActionIcon, Menu, Tooltip } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { LayoutTemplate } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { applyTemplate, type TemplateIn } from '@/api/generated'
import { listTemplatesOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useRefused } from '@/session/useAccount'
import { strings } from '@/strings'
import type { CanvasEdge, CanvasNode } from './model/types'
import { isModule } from './model/types'
import { SaveTemplate } from './SaveTemplate'
import { useEditor } from './store/editor'

const text = strings.templates
const APART = 80

/** Templates where one draws: insert one, or keep what is selected as one. */
export function Templates() {
  const [isOpen, setOpen] = useState(false)
  const [content, setContent] = useState<TemplateIn['content'] | null>(null)
  const selected = useEditor(state => state.nodes.filter(node => node.selected && isModule(node)).length)
  const templates = useQuery({ ...listTemplatesOptions({ query: { limit: 50 } }), enabled: isOpen })
  const refused = useRefused()
  const insert = useMutation({ mutationFn: inserted, onSuccess: () => setOpen(false) })
  return (
    <>
      <Menu opened={isOpen} onChange={setOpen} shadow="md" position="bottom-end">
        <Menu.Target>
          <Tooltip label={text.button}>
            <ActionIcon variant="subtle" color="gray" aria-label={text.button}>
              <LayoutTemplate size={18} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown mah={400} style={{ overflowY: 'auto' }}>
          <Menu.Item
            disabled={selected === 0 || refused.disabled}
            title={refused.title}
            onClick={() => setContent(chosen())}
          >
            {selected === 0 ? text.selectFirst : text.saveSelected(selected)}
          </Menu.Item>
          {templates.data && templates.data.items.length > 0 && <Menu.Label>{text.insert}</Menu.Label>}
          {templates.data?.items.map(({ id, name }) => (
            <Menu.Item key={id} onClick={() => insert.mutate(id)}>
              {name}
            </Menu.Item>
          ))}
          <Menu.Item component={Link} to="/templates">
            {text.manage}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {content && <SaveTemplate content={content} onClose={() => setContent(null)} />}
    </>
  )
}

/** The selected modules and the edges between them. */
function chosen(): TemplateIn['content'] {
  const { nodes, edges } = useEditor.getState()
  const modules = nodes.filter(isModule).filter(node => node.selected)
  const ids = new Set(modules.map(({ id }) => id))
  return {
    nodes: modules.map(({ id, type, position, data }) => ({ id, type, position, data })),
    edges: edges
      .filter(({ source, target }) => ids.has(source) && ids.has(target))
      .map(({ id, source, target, sourceHandle, targetHandle }) => ({
        id,
        source,
        target,
        sourceHandle,
        targetHandle,
      })),
  }
}

/** Put a template below what is drawn, with ids of its own, selected. */
async function inserted(templateId: string): Promise<void> {
  const drawn = useEditor.getState().nodes
  const at = {
    x: Math.min(...drawn.map(({ position }) => position.x), Number.POSITIVE_INFINITY),
    y: Math.max(...drawn.map(({ position }) => position.y), Number.NEGATIVE_INFINITY) + 2 * APART,
  }
  const { data } = await applyTemplate({
    path: { template_id: templateId },
    body: { taken: drawn.map(({ id }) => id), at: drawn.length > 0 ? at : { x: APART, y: APART } },
  })
  const nodes = data.nodes.map(node => ({ ...node, selected: true })) as CanvasNode[]
  useEditor.getState().insert({ nodes, edges: data.edges as CanvasEdge[] })
}
