# Clone $REPOSITORY at $WANTED_REF into $FOLDER of the workspace, as actions/checkout does.
set -euo pipefail
url="$GITHUB_SERVER_URL/$REPOSITORY"
target="$GITHUB_WORKSPACE/$FOLDER"
# As the real action does where no token is given: the one of this job, which the runner knows.
TOKEN="${TOKEN:-$(cat "$STAND_IN_TOKENS/$GITHUB_JOB")}"
header="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 -w0)"
mkdir -p "$target"
if [ "$FOLDER" = . ]; then find "$target" -mindepth 1 -delete; fi
cd "$target"
git init -q -b main .
git remote add origin "$url"
case "$WANTED_REF" in
  "") if [ "$REPOSITORY" = "$GITHUB_REPOSITORY" ]; then wanted="$GITHUB_SHA"; else wanted=HEAD; fi ;;
  *) wanted="$WANTED_REF" ;;
esac
fetch=(git -c "http.$GITHUB_SERVER_URL/.extraheader=$header" fetch -q --no-tags)
if [ "$DEPTH" = 0 ]; then
  "${fetch[@]}" origin '+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*'
else
  fetch+=("--depth=$DEPTH")
fi
"${fetch[@]}" origin "$wanted"
branch="${wanted#refs/heads/}"
if [ -z "$WANTED_REF" ] && [ "$GITHUB_REF_TYPE" = branch ]; then branch="$GITHUB_REF_NAME"; fi
if [[ "$branch" =~ ^[0-9a-f]{40}$ || "$branch" = HEAD || "$branch" = refs/* ]]; then
  git checkout -q --detach FETCH_HEAD
else
  git update-ref "refs/remotes/origin/$branch" FETCH_HEAD
  git checkout -q -B "$branch" "origin/$branch"
fi
if [ "$PERSIST" = true ]; then
  git config "http.$GITHUB_SERVER_URL/.extraheader" "$header"
fi
git log -1 --format='checked out %H'
