import { Activity, Folder, LayoutTemplate, type LucideIcon, Workflow } from 'lucide-react'
import { strings } from '@/strings'

type NavigationItem = { to: string; label: string; icon: LucideIcon }

/** What the navigation offers, in groups; a page that is not here is reached from another page. */
export const NAVIGATION: NavigationItem[][] = [
  [
    { to: '/pipelines', label: strings.pages.pipelines, icon: Workflow },
    { to: '/executions', label: strings.pages.executions, icon: Activity },
    { to: '/files', label: strings.pages.files, icon: Folder },
    { to: '/templates', label: strings.pages.templates, icon: LayoutTemplate },
  ],
]
